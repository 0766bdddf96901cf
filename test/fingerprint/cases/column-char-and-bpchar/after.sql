CREATE TABLE app.t (a bpchar);
