//! The JSON API: the same use cases as the console, and the ways in for cameras.
