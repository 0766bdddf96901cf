CREATE EXTENSION file_fdw SCHEMA rfx_user; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE log (line text) SERVER files OPTIONS (filename '/dev/null');
