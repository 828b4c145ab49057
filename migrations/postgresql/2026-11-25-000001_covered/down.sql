DROP TABLE covered;
