"""The lesson's quiz: six questions about convolutions and poolings."""
