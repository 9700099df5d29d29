"""The values that the layers above speak in: frozen, typed, and without effects."""
