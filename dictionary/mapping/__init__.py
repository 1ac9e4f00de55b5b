"""Mappings: rules as data, compiled once, run on many documents, every value with its trace."""

from dictionary.mapping.compile import CompiledMapping, compile_mapping
from dictionary.mapping.model import Mapped, MappingRefused, Problem, TraceLine

__all__ = ["CompiledMapping", "Mapped", "MappingRefused", "Problem", "TraceLine", "compile_mapping"]
