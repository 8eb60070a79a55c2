"""Generic senders: the events that any system may send by Standard Webhooks or CloudEvents, and need no rule for."""
