-- upgrade
CREATE TABLE rfx_user."Weird.Name ""x""" (
  "Id"         bigint  NOT NULL,
  "sélect"     text,
  "with space" integer DEFAULT 1,
  CONSTRAINT "Weird.Name ""x""_pkey" PRIMARY KEY ("Id"),
  CONSTRAINT "Weird.Name ""x""_with space_check" CHECK (("with space" > 0))
);
CREATE INDEX "In.dex" ON rfx_user."Weird.Name ""x""" USING btree ("sélect");

-- downgrade
DROP TABLE rfx_user."Weird.Name ""x""";
