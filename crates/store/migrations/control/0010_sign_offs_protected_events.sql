-- Who added a camera; nobody where a command on the server did.
ALTER TABLE cameras ADD COLUMN added_by BIGINT REFERENCES people (id);

-- What the policy asked for when a camera was added: it hands in nothing until each stands.
CREATE TABLE camera_sign_offs_asked (
    camera BIGINT NOT NULL REFERENCES cameras (id),
    nth BIGINT NOT NULL CHECK (nth >= 0),
    unit TEXT NOT NULL CHECK (length(unit) > 0),
    label TEXT NOT NULL CHECK (length(label) > 0),
    role TEXT NOT NULL CHECK (length(role) > 0),
    clause TEXT,
    PRIMARY KEY (camera, unit)
) WITHOUT ROWID;

-- Sign-offs that were given. A withdrawn one stays as history; one stands for each unit, and one person gives one.
CREATE TABLE camera_sign_offs (
    id BIGINT PRIMARY KEY,
    camera BIGINT NOT NULL,
    unit TEXT NOT NULL,
    given_by BIGINT NOT NULL REFERENCES people (id),
    given_at BIGINT NOT NULL,
    note TEXT NOT NULL CHECK (length(note) > 0),
    withdrawn_by BIGINT REFERENCES people (id),
    withdrawn_at BIGINT,
    withdrawn_why TEXT CHECK (length(withdrawn_why) > 0),
    FOREIGN KEY (camera, unit) REFERENCES camera_sign_offs_asked (camera, unit),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_why IS NULL))
);
CREATE UNIQUE INDEX camera_sign_offs_of_unit ON camera_sign_offs (camera, unit) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX camera_sign_offs_of_person ON camera_sign_offs (camera, given_by) WHERE withdrawn_at IS NULL;

INSERT INTO counters (name, last) VALUES ('sign-off', 0);
