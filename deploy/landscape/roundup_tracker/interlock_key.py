"""One issue a key: the tracker itself refuses a second one, so that the hub can be asked to send again."""


def refuse_second_issue(db, issues, issue_id, new):
    key = new.get("interlock_key")
    if not key:
        return
    others = set(issues.filter(None, {}, exact_match_spec={"interlock_key": key})) - {issue_id}
    if others:
        raise ValueError(f"The Interlock key must be unique: issue{min(others)} carries it already.")


def init(db):
    db.issue.audit("create", refuse_second_issue)
    db.issue.audit("set", refuse_second_issue)
