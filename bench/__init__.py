"""Figures: what a page costs beside a bare page of the same stack, how lists grow, what a first view weighs."""
