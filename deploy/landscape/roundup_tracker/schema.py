# --- Interlock: what the hub writes on an issue, and where it came from --------------------------------

issue.addprop(  # noqa: F821 (the tracker's schema, to which these lines are appended, defines it)
    description=String(),  # noqa: F821
    lot=String(),  # noqa: F821
    interlock_key=String(),  # noqa: F821
    interlock_original_id=String(),  # noqa: F821
    interlock_mapping_revision=String(),  # noqa: F821
    source_url=String(),  # noqa: F821
    quarantine_reference=String(),  # noqa: F821
    quarantine_url=String(),  # noqa: F821
)
