"""The clause map: what regulations ask for, in our own words, and which capabilities answer. Versioned data."""

from governance.clauses.loaded import Capability, Clause, Regulation, capabilities, regulations

__all__ = ["Capability", "Clause", "Regulation", "capabilities", "regulations"]
