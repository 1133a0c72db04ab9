"""The pages of agreed texts: read side by side, edited paragraph by paragraph, compared, commented and reserved on."""
