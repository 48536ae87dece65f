//! Ways in that the server itself watches: folders of pictures.
//!
//! A folder is looked at again and again rather than by the system's notices: cameras deliver over FTP, SMB and NFS, where
//! notices do not come. A file is taken when two looks find it unchanged.

mod disk;
mod folder;

pub use disk::Seen;
pub use folder::{Delivery, Folder, FolderError, Picture, Verdict, WhenDone};
