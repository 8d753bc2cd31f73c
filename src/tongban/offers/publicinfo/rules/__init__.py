"""Rules of public information (公开信息规则): how a law's text is read and compared, how a document lives. Pure."""
