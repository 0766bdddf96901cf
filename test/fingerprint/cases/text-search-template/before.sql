CREATE TEXT SEARCH TEMPLATE app.t (LEXIZE = dsimple_lexize);
