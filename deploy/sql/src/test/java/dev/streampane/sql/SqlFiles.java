// SPDX-License-Identifier: Apache-2.0
package dev.streampane.sql;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;

/**
 * A session over {@code tables.sql} with a broker's address in the place of {@code localhost:9092}. Tables end where their topics end now,
 * so that queries do, too.
 */
final class SqlFiles {

    private static final Path FOLDER = Checkout.root().resolve("deploy/sql");
    private static final Pattern SET = Pattern.compile("SET '([^']+)' = '([^']+)'");
    private static final Pattern END_OF_STATEMENT = Pattern.compile(";\\s*(?:\\n|$)");

    private final TableEnvironment session = TableEnvironment.create(EnvironmentSettings.inStreamingMode());

    SqlFiles(String servers) throws IOException {
        for (String statement : statements("tables.sql")) {
            Matcher set = SET.matcher(statement);
            if (set.matches()) {
                session.getConfig().set(set.group(1), set.group(2));
            } else {
                session.executeSql(statement.replace("localhost:9092", servers));
            }
        }
        List<String> views = List.of(session.listViews());
        for (String table : session.listTables()) {
            if (!views.contains(table)) {
                session.executeSql("ALTER TABLE " + table + " SET ('scan.bounded.mode' = 'latest-offset')");
            }
        }
    }

    private static List<String> statements(String file) throws IOException {
        String text = Files.readString(FOLDER.resolve(file)).replaceAll("(?m)^--.*$", "");
        return END_OF_STATEMENT
                .splitAsStream(text)
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    /** The tables and views. */
    List<String> tables() {
        return List.of(session.listTables());
    }

    /** What the session has been told. */
    String setting(String key) {
        return session.getConfig().getConfiguration().toMap().get(key);
    }

    /** How a query would be run. */
    String plan(String query) {
        return session.explainSql(query);
    }

    /** A table as another one, of another topic and with the offset of each row. */
    void addTable(String name, String as, String topic) {
        session.executeSql(("CREATE TABLE %s (`offset` BIGINT METADATA VIRTUAL) WITH ('topic' = '%s')"
                        + " LIKE %s (OVERWRITING OPTIONS)")
                .formatted(name, topic, as));
    }

    /** What the only query of a file gives. */
    List<String> run(String file) throws Exception {
        return query(onlyStatement(file));
    }

    /** Which rows the only query of a file takes. */
    String where(String file) throws IOException {
        String query = onlyStatement(file);
        return query.substring(query.indexOf("WHERE"), query.indexOf("GROUP BY"));
    }

    private static String onlyStatement(String file) throws IOException {
        List<String> statements = statements(file);
        if (statements.size() != 1) {
            throw new IllegalArgumentException(file + " has " + statements.size() + " statements");
        }
        return statements.get(0);
    }

    /** What a query gives in the end, a row as {@code a|b|c} with decimals of no needless zeros. */
    List<String> query(String query) throws Exception {
        Map<String, Integer> rows = new LinkedHashMap<>();
        for (Row row : rows(query)) {
            boolean isThere = row.getKind() == RowKind.INSERT || row.getKind() == RowKind.UPDATE_AFTER;
            rows.merge(text(row), isThere ? 1 : -1, Integer::sum);
        }
        var texts = new ArrayList<String>();
        rows.forEach((text, times) -> IntStream.range(0, times).forEach(n -> texts.add(text)));
        return texts;
    }

    /** What a query gives, change by change. */
    List<Row> rows(String query) throws Exception {
        List<Row> rows = new ArrayList<>();
        CloseableIterator<Row> changes = session.executeSql(query).collect();
        changes.forEachRemaining(rows::add);
        changes.close();
        return rows;
    }

    private static String text(Row row) {
        return String.join(
                "|",
                IntStream.range(0, row.getArity())
                        .mapToObj(column -> plain(row.getField(column)))
                        .toList());
    }

    private static String plain(Object field) {
        String text = String.valueOf(field);
        return text.matches("-?\\d+(\\.\\d+)?")
                ? new BigDecimal(text).stripTrailingZeros().toPlainString()
                : text;
    }
}
