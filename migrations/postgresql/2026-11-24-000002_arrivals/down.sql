DROP TABLE inboxes;
DROP TABLE arrivals;
