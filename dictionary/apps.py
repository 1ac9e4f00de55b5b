from django.apps import AppConfig


class DictionaryConfig(AppConfig):
    name = "dictionary"
    verbose_name = "Dictionary"

    def ready(self) -> None:
        from dictionary import permissions  # noqa: F401 - says where the right to propose is looked for
        from dictionary.kinds import KINDS
        from governance.changes import kinds

        for kind in KINDS:
            kinds.register(kind())
