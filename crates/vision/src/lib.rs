//! Frames to plates: decode, detect, rectify, read, mask.
