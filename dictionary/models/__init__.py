"""The language's tables: the effective projection of what is controlled, one file a model."""

from .code_list import CodeList
from .data_element import DataElement
from .entity import Entity
from .icd import InterfaceControlDocument
from .local_term import LocalTerm
from .mapping import Mapping

__all__ = ["CodeList", "DataElement", "Entity", "InterfaceControlDocument", "LocalTerm", "Mapping"]
