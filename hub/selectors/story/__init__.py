"""What happened to one record, in order, rebuilt from the trail alone: never from the record as it is now."""

from hub.selectors.story.step import Step
from hub.selectors.story.told import MOST, Story, story_of

__all__ = ["MOST", "Step", "Story", "story_of"]
