"""What the pure part of the dictionary works on: frozen dataclasses, each read from the JSON-able content of
a revision.

`SomeSpec.from_content(content)` trusts its content; `dictionary.validation.problems(kind, content)` earns
that trust. Decimals inside content are text ("0.05"), never JSON numbers, so that RFC 8785 hashes them as
they were written.
"""

from dictionary.specs.code_list import Code, CodeListSpec
from dictionary.specs.contract import ContractSpec
from dictionary.specs.element import ElementSpec
from dictionary.specs.entity import EntityField, EntitySpec
from dictionary.specs.mapping import MappingSpec
from dictionary.specs.term import LocalTermSpec

__all__ = [
    "Code",
    "CodeListSpec",
    "ContractSpec",
    "ElementSpec",
    "EntityField",
    "EntitySpec",
    "LocalTermSpec",
    "MappingSpec",
]
