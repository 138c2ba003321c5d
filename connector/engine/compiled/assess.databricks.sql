SELECT
  `t17`.`npi`,
  CAST(`t17`.`kind` AS INT) AS `kind`,
  CAST(`t17`.`gate` AS INT) AS `gate`,
  CAST(CASE WHEN `t17`.`volume` > 0 THEN 999 - (
    `t17`.`largest` % 1000
  ) ELSE -1 END AS INT) AS `family`,
  TRY_DIVIDE(CAST(`t17`.`volume` AS DOUBLE), CAST(1000000 AS DOUBLE)) AS `volume`,
  CASE WHEN `t17`.`gate` = 0 THEN `t17`.`percentile` ELSE 0 END AS `percentile`,
  CAST(CASE
    WHEN `t17`.`gate` = 0
    THEN 10 - CAST(FLOOR(
      TRY_DIVIDE(
        CAST((
          `t17`.`total` - `t17`.`up_to`
        ) * 10 AS DOUBLE),
        CAST(GREATEST(`t17`.`total`, 1) AS DOUBLE)
      )
    ) AS BIGINT)
    ELSE 0
  END AS INT) AS `decile`
FROM (
  SELECT
    `t16`.`npi`,
    `t16`.`kind`,
    `t16`.`gate`,
    `t16`.`volume`,
    `t16`.`largest`,
    TRY_DIVIDE(
      CAST(COUNT(*) OVER (
        PARTITION BY `t16`.`kind`, `t16`.`gate`
        ORDER BY `t16`.`volume` ASC NULLS LAST
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) * 100 AS DOUBLE),
      CAST(GREATEST(
        COUNT(*) OVER (
          PARTITION BY `t16`.`kind`, `t16`.`gate`
          ORDER BY `t16`.`volume` ASC NULLS LAST
          RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        1
      ) AS DOUBLE)
    ) AS `percentile`,
    SUM(`t16`.`volume`) OVER (
      PARTITION BY `t16`.`kind`, `t16`.`gate`
      ORDER BY `t16`.`volume` ASC NULLS LAST
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS `up_to`,
    SUM(`t16`.`volume`) OVER (
      PARTITION BY `t16`.`kind`, `t16`.`gate`
      ORDER BY `t16`.`volume` ASC NULLS LAST
      RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS `total`
  FROM (
    SELECT
      `t6`.`npi`,
      `t7`.`kind`,
      CASE
        WHEN `t7`.`targeted` = 0
        THEN 1
        WHEN COALESCE(`t15`.`volume`, 0) <= 0
        THEN 3
        WHEN COALESCE(`t15`.`volume`, 0) < `t9`.`floor`
        THEN 4
        WHEN `t8`.`npi` IS NOT NULL
        THEN 6
        ELSE 0
      END AS `gate`,
      COALESCE(`t15`.`volume`, 0) AS `volume`,
      `t15`.`largest`
    FROM `callplan_providers` AS `t6`
    INNER JOIN `callplan_specialties` AS `t7`
      ON `t6`.`specialty` = `t7`.`specialty`
    LEFT OUTER JOIN (
      SELECT
        `t13`.`npi`,
        MAX((
          `t13`.`volume` * 1000
        ) + (
          999 - `t13`.`family`
        )) AS `largest`,
        CAST(CAST(SUM(`t13`.`volume`) AS DECIMAL(38, 0)) AS BIGINT) AS `volume`
      FROM (
        SELECT
          `t12`.`npi`,
          `t12`.`family`,
          CAST(CAST(SUM(`t12`.`volume` * `t12`.`weight`) AS DECIMAL(38, 0)) AS BIGINT) AS `volume`
        FROM (
          SELECT
            `t10`.`npi`,
            `t10`.`code`,
            `t10`.`volume`,
            `t11`.`family`,
            `t11`.`weight`
          FROM `callplan_claims` AS `t10`
          INNER JOIN `callplan_relevant` AS `t11`
            ON `t10`.`code` = `t11`.`code`
        ) AS `t12`
        GROUP BY
          1,
          2
      ) AS `t13`
      GROUP BY
        1
    ) AS `t15`
      ON `t6`.`npi` = `t15`.`npi`
    LEFT OUTER JOIN `callplan_closed` AS `t8`
      ON `t6`.`npi` = `t8`.`npi`
    CROSS JOIN `callplan_settings` AS `t9`
  ) AS `t16`
) AS `t17`
