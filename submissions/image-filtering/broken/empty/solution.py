# my solution
