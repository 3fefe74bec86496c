-- What is known of a further domain of a tenant. It is empty for an initial one, by which customers are searched.
ALTER TABLE domains ADD COLUMN profile TEXT NOT NULL DEFAULT '';
