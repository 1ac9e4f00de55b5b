"""What waits for a person: exceptions, doubts and replays."""
