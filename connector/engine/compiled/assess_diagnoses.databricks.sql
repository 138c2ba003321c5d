SELECT
  `t20`.`npi`,
  CAST(`t20`.`kind` AS INT) AS `kind`,
  CAST(`t20`.`gate` AS INT) AS `gate`,
  CAST(CASE WHEN `t20`.`volume` > 0 THEN 999 - (
    `t20`.`largest` % 1000
  ) ELSE -1 END AS INT) AS `family`,
  TRY_DIVIDE(CAST(`t20`.`volume` AS DOUBLE), CAST(1000000 AS DOUBLE)) AS `volume`,
  CASE WHEN `t20`.`gate` = 0 THEN `t20`.`percentile` ELSE 0 END AS `percentile`,
  CAST(CASE
    WHEN `t20`.`gate` = 0
    THEN 10 - CAST(FLOOR(
      TRY_DIVIDE(
        CAST((
          `t20`.`total` - `t20`.`up_to`
        ) * 10 AS DOUBLE),
        CAST(GREATEST(`t20`.`total`, 1) AS DOUBLE)
      )
    ) AS BIGINT)
    ELSE 0
  END AS INT) AS `decile`,
  CASE
    WHEN `t20`.`diagnosed` > 0
    THEN TRY_DIVIDE(CAST(`t20`.`listed` AS DOUBLE), CAST(GREATEST(`t20`.`diagnosed`, 1) AS DOUBLE))
    ELSE -1
  END AS `share`
FROM (
  SELECT
    `t19`.`npi`,
    `t19`.`kind`,
    `t19`.`gate`,
    `t19`.`volume`,
    `t19`.`largest`,
    `t19`.`listed`,
    `t19`.`diagnosed`,
    TRY_DIVIDE(
      CAST(COUNT(*) OVER (
        PARTITION BY `t19`.`kind`, `t19`.`gate`
        ORDER BY `t19`.`volume` ASC NULLS LAST
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) * 100 AS DOUBLE),
      CAST(GREATEST(
        COUNT(*) OVER (
          PARTITION BY `t19`.`kind`, `t19`.`gate`
          ORDER BY `t19`.`volume` ASC NULLS LAST
          RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        1
      ) AS DOUBLE)
    ) AS `percentile`,
    SUM(`t19`.`volume`) OVER (
      PARTITION BY `t19`.`kind`, `t19`.`gate`
      ORDER BY `t19`.`volume` ASC NULLS LAST
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS `up_to`,
    SUM(`t19`.`volume`) OVER (
      PARTITION BY `t19`.`kind`, `t19`.`gate`
      ORDER BY `t19`.`volume` ASC NULLS LAST
      RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS `total`
  FROM (
    SELECT
      `t7`.`npi`,
      `t8`.`kind`,
      CASE
        WHEN `t8`.`targeted` = 0
        THEN 1
        WHEN COALESCE(`t18`.`volume`, 0) <= 0
        THEN 3
        WHEN COALESCE(`t18`.`volume`, 0) < `t10`.`floor`
        THEN 4
        WHEN (
          `t18`.`diagnosed` > 0
        )
        AND (
          TRY_DIVIDE(CAST(`t18`.`listed` AS DOUBLE), CAST(GREATEST(`t18`.`diagnosed`, 1) AS DOUBLE)) < `t10`.`min_share`
        )
        THEN 5
        WHEN `t9`.`npi` IS NOT NULL
        THEN 6
        ELSE 0
      END AS `gate`,
      COALESCE(`t18`.`volume`, 0) AS `volume`,
      `t18`.`largest`,
      COALESCE(`t18`.`listed`, 0) AS `listed`,
      COALESCE(`t18`.`diagnosed`, 0) AS `diagnosed`
    FROM `callplan_providers` AS `t7`
    INNER JOIN `callplan_specialties` AS `t8`
      ON `t7`.`specialty` = `t8`.`specialty`
    LEFT OUTER JOIN (
      SELECT
        `t16`.`npi`,
        MAX((
          `t16`.`volume` * 1000
        ) + (
          999 - `t16`.`family`
        )) AS `largest`,
        CAST(CAST(SUM(`t16`.`volume`) AS DECIMAL(38, 0)) AS BIGINT) AS `volume`,
        CAST(CAST(SUM(`t16`.`listed`) AS DECIMAL(38, 0)) AS BIGINT) AS `listed`,
        CAST(CAST(SUM(`t16`.`diagnosed`) AS DECIMAL(38, 0)) AS BIGINT) AS `diagnosed`
      FROM (
        SELECT
          `t15`.`npi`,
          `t15`.`family`,
          CAST(CAST(SUM(`t15`.`volume` * `t15`.`weight`) AS DECIMAL(38, 0)) AS BIGINT) AS `volume`,
          CAST(CAST(SUM(CASE WHEN `t15`.`listed` THEN `t15`.`diagnosed` * `t15`.`weight` ELSE 0 END) AS DECIMAL(38, 0)) AS BIGINT) AS `listed`,
          CAST(CAST(SUM(`t15`.`diagnosed` * `t15`.`weight`) AS DECIMAL(38, 0)) AS BIGINT) AS `diagnosed`
        FROM (
          SELECT
            `t14`.`npi`,
            `t14`.`code`,
            `t14`.`volume`,
            `t14`.`diagnosis`,
            `t14`.`diagnosed`,
            `t14`.`family`,
            `t14`.`weight`,
            UPPER(
              SUBSTRING(`t14`.`diagnosis`, IF((
                0 + 1
              ) >= 1, 0 + 1, 0 + 1 + LENGTH(`t14`.`diagnosis`)), 3)
            ) IN (
              SELECT
                *
              FROM `callplan_diagnoses` AS `t5`
            ) AS `listed`
          FROM (
            SELECT
              `t11`.`npi`,
              `t11`.`code`,
              `t11`.`volume`,
              `t11`.`diagnosis`,
              `t11`.`diagnosed`,
              `t12`.`family`,
              `t12`.`weight`
            FROM `callplan_claims` AS `t11`
            INNER JOIN `callplan_relevant` AS `t12`
              ON `t11`.`code` = `t12`.`code`
          ) AS `t14`
        ) AS `t15`
        GROUP BY
          1,
          2
      ) AS `t16`
      GROUP BY
        1
    ) AS `t18`
      ON `t7`.`npi` = `t18`.`npi`
    LEFT OUTER JOIN `callplan_closed` AS `t9`
      ON `t7`.`npi` = `t9`.`npi`
    CROSS JOIN `callplan_settings` AS `t10`
  ) AS `t19`
) AS `t20`
