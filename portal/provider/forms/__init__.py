"""The provider's forms."""
