"""The message engine's tables, one file a model."""

from .attempt import Attempt, Exchange
from .data_key import DataKey
from .delivery import ClosedDelivery, Delivery
from .drift import Drift
from .grant import InterfaceGrant
from .inbox import Inbox, KeyHead
from .interface import Interface, InterfaceControl, InterfaceRelease
from .message import Message, MessageState, MessageStep
from .payload import Payload
from .replay import ReplayItem, ReplayPlan
from .saved_view import SavedView
from .sign_in_count import SignInCount
from .stream import Checkpoint, Run, StreamState
from .triage import Triage

__all__ = [
    "Attempt",
    "Checkpoint",
    "ClosedDelivery",
    "DataKey",
    "Delivery",
    "Drift",
    "Exchange",
    "Inbox",
    "Interface",
    "InterfaceControl",
    "InterfaceGrant",
    "InterfaceRelease",
    "KeyHead",
    "Message",
    "MessageState",
    "MessageStep",
    "Payload",
    "ReplayItem",
    "ReplayPlan",
    "Run",
    "SavedView",
    "SignInCount",
    "StreamState",
    "Triage",
]
