//! Ways in that the server itself watches: folders of pictures.
