"""What is done for the project, outside of the package."""
