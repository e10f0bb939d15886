-- What a verdict was given on, where it is not the session itself: the day or the room that it may fall back to.
ALTER TABLE verdict ADD COLUMN fallback text;
