-- SPDX-License-Identifier: Apache-2.0
-- As word-count: a running count per word, said as a changelog.
SELECT word, COUNT(*) AS `count`
FROM words
CROSS JOIN UNNEST(SPLIT(REGEXP_REPLACE(line, '\p{IsWhite_Space}+', ' '), ' ')) AS texts (word)
WHERE word <> ''
GROUP BY word;
