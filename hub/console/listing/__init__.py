"""One mechanism for every list: filters in the address, chips, paging, saved views, and files of what is shown."""

from hub.console.listing.filters import choice, identity, interfaces, moment, text
from hub.console.listing.model import Column, Filter, Listing
from hub.console.listing.shown import answer, opened

__all__ = ["Column", "Filter", "Listing", "answer", "choice", "identity", "interfaces", "moment", "opened", "text"]
