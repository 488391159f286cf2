"""A chat, a counter, notifications and users: one application that shows what the framework does."""
