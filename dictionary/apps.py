from django.apps import AppConfig


class DictionaryConfig(AppConfig):
    name = "dictionary"
    verbose_name = "Dictionary"

    def ready(self) -> None:
        from dictionary import evidence, permissions  # permissions say where the right to propose is looked for
        from dictionary.kinds import KINDS
        from governance.changes import kinds
        from governance.changes.visibility import seen_by

        for kind in KINDS:
            kinds.register(kind())
        for name, visible in permissions.VISIBLE.items():
            seen_by(name, visible)
        evidence.connect()
