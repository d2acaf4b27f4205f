SELECT
  "t0"."source",
  "t0"."target",
  DATE_TRUNC('WEEK', "t0"."date") AS "period",
  COUNT(*) AS "events",
  COUNT(*) FILTER(WHERE
    "t0"."quad" = 1) AS "verbal_cooperation",
  COUNT(*) FILTER(WHERE
    "t0"."quad" = 2) AS "material_cooperation",
  COUNT(*) FILTER(WHERE
    "t0"."quad" = 3) AS "verbal_conflict",
  COUNT(*) FILTER(WHERE
    "t0"."quad" = 4) AS "material_conflict",
  COUNT("t0"."goldstein") AS "scored",
  AVG("t0"."goldstein") AS "goldstein",
  STDDEV_SAMP("t0"."goldstein") AS "goldstein_sd",
  SUM("t0"."goldstein" * "t0"."mentions") / NULLIF(SUM("t0"."mentions") FILTER(WHERE
    "t0"."goldstein" IS NOT NULL), 0) AS "goldstein_weighted",
  SUM("t0"."mentions") AS "mentions",
  AVG("t0"."tone") AS "tone"
FROM "events" AS "t0"
GROUP BY
  1,
  2,
  3
