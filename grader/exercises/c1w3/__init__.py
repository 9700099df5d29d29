"""Today's edition of the lesson's exercise: two functions and a callback, which are driven."""
