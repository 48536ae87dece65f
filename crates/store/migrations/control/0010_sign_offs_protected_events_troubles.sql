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

-- Where and when people say, believe or gather for something. A withdrawn event protects nothing, and stays as history.
CREATE TABLE protected_events (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    name TEXT NOT NULL CHECK (length(name) > 0),
    why TEXT NOT NULL CHECK (length(why) > 0),
    latitude DOUBLE PRECISION CHECK (latitude BETWEEN -90 AND 90),
    longitude DOUBLE PRECISION CHECK (longitude BETWEEN -180 AND 180),
    radius_m BIGINT CHECK (radius_m > 0),
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    added_by BIGINT NOT NULL REFERENCES people (id),
    added_at BIGINT NOT NULL,
    withdrawn_by BIGINT REFERENCES people (id),
    withdrawn_at BIGINT,
    withdrawn_why TEXT CHECK (length(withdrawn_why) > 0),
    CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CHECK ((latitude IS NULL) = (radius_m IS NULL)),
    CHECK (ends_at > begins_at),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_why IS NULL))
);
CREATE INDEX protected_events_by_agency ON protected_events (agency, begins_at);

-- The cameras of an event that has no circle.
CREATE TABLE protected_event_cameras (
    event BIGINT NOT NULL REFERENCES protected_events (id),
    camera BIGINT NOT NULL REFERENCES cameras (id),
    PRIMARY KEY (event, camera)
) WITHOUT ROWID;

-- Who asked to look at what was read at an event, for which work, and what somebody else decided: approved until `ends_at`, or,
-- without one, refused.
CREATE TABLE nexus_requests (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    event BIGINT NOT NULL REFERENCES protected_events (id),
    person BIGINT NOT NULL REFERENCES people (id),
    purpose TEXT NOT NULL CHECK (length(purpose) > 0),
    case_number TEXT NOT NULL CHECK (length(case_number) > 0),
    nexus TEXT NOT NULL CHECK (length(nexus) > 0),
    asked_at BIGINT NOT NULL,
    decided_by BIGINT REFERENCES people (id),
    decided_at BIGINT,
    why TEXT CHECK (length(why) > 0),
    ends_at BIGINT,
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK ((decided_at IS NULL) = (why IS NULL)),
    CHECK (decided_by IS NULL OR decided_by <> person),
    CHECK (ends_at IS NULL OR ends_at > decided_at)
);
CREATE INDEX nexus_requests_by_agency ON nexus_requests (agency, id);

-- Trouble with equipment or the program. What the server opens by itself is open once for each camera and cause.
CREATE TABLE troubles (
    id BIGINT PRIMARY KEY,
    agency BIGINT NOT NULL REFERENCES agencies (id),
    cause TEXT NOT NULL CHECK (cause IN ('reported', 'quiet', 'reads-less')),
    camera BIGINT REFERENCES cameras (id),
    what TEXT NOT NULL CHECK (length(what) > 0),
    urgency TEXT NOT NULL CHECK (urgency IN ('low', 'normal', 'high')),
    opened_by BIGINT REFERENCES people (id),
    opened_at BIGINT NOT NULL,
    taken_by BIGINT REFERENCES people (id),
    taken_at BIGINT,
    closed_by BIGINT REFERENCES people (id),
    closed_at BIGINT,
    done TEXT CHECK (length(done) > 0),
    CHECK (cause = 'reported' OR camera IS NOT NULL),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    CHECK ((closed_at IS NULL) = (done IS NULL)),
    CHECK (closed_by IS NULL OR closed_at IS NOT NULL)
);
CREATE INDEX troubles_by_agency ON troubles (agency, id);
CREATE UNIQUE INDEX troubles_open ON troubles (camera, cause) WHERE closed_at IS NULL AND cause <> 'reported';

CREATE TABLE trouble_notes (
    id BIGINT PRIMARY KEY,
    trouble BIGINT NOT NULL REFERENCES troubles (id),
    by_person BIGINT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    note TEXT NOT NULL CHECK (length(note) > 0)
);
CREATE INDEX trouble_notes_by_trouble ON trouble_notes (trouble, id);

-- How many reads each camera handed in in each hour, counted from 1970 UTC: what is usual is told from it.
CREATE TABLE camera_hours (
    camera BIGINT NOT NULL REFERENCES cameras (id),
    hour BIGINT NOT NULL,
    n_reads BIGINT NOT NULL CHECK (n_reads >= 0),
    PRIMARY KEY (camera, hour)
) WITHOUT ROWID;
CREATE INDEX camera_hours_by_hour ON camera_hours (hour);

INSERT INTO counters (name, last)
VALUES ('sign-off', 0), ('protected-event', 0), ('nexus-request', 0), ('trouble', 0), ('trouble-note', 0);
