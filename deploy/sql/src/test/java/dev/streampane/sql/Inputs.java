// SPDX-License-Identifier: Apache-2.0
package dev.streampane.sql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.types.Row;

/** The files of an input's contract, and what each reads as by {@code decoded.json}, in the order of that file. */
record Inputs(Path folder, JsonNode decoded) {

    /** For a value that is not there. */
    private static final String NULL = "NULL";

    static Inputs of(String contract) throws IOException {
        Path folder =
                Checkout.root().resolve("deploy/schemas").resolve(contract).resolve("v1");
        return new Inputs(
                folder, Http.JSON.readTree(folder.resolve("decoded.json").toFile()));
    }

    List<String> names() {
        return decoded.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** Those that the jobs reject. */
    List<String> rejected() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("rejected"))) {
            return files.map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    /** By file the values of columns; by the name of a file and a column those that are read otherwise. */
    Map<String, String> texts(List<String> columns, Map<String, String> otherwise) {
        Map<String, String> texts = new LinkedHashMap<>();
        decoded.properties()
                .forEach(file -> texts.put(
                        file.getKey(),
                        columns.stream()
                                .map(column -> otherwise.getOrDefault(
                                        file.getKey().replaceFirst(".*/", "") + ' ' + column,
                                        file.getValue().path(column).asText(NULL)))
                                .collect(Collectors.joining("|"))));
        return texts;
    }

    /** By file what SQL reads, of rows that begin with the file's place; {@code none} where it reads no row. */
    Map<String, String> texts(List<Row> rows, int scale) {
        Map<String, String> texts = new LinkedHashMap<>();
        names().forEach(name -> texts.put(name, "none"));
        rows.forEach(row -> texts.put(
                names().get(((Number) row.getField(0)).intValue()),
                String.join(
                        "|",
                        IntStream.range(1, row.getArity())
                                .mapToObj(column -> text(row.getField(column), scale))
                                .toList())));
        return texts;
    }

    /** The rows of files of CSV, as {@code file|step|name|value}. */
    List<String> rows() {
        List<String> rows = new ArrayList<>();
        decoded.properties().forEach(file -> file.getValue()
                .forEach(row -> rows.add(String.join(
                        "|",
                        file.getKey(),
                        row.path("step").asText(),
                        row.path("name").asText(),
                        row.path(row.has("text") ? "text" : "number").asText()))));
        return rows;
    }

    /** The same of a row that SQL reads, without its file: its fields are texts, of which times and numbers are for queries to make. */
    static String row(String step, String name, String value) {
        Instant time = OffsetDateTime.parse(step.replaceFirst(" (.*)", "T$1Z")).toInstant();
        boolean isText = name.contains("-ns-") && !name.contains("-ni-");
        return String.join(
                "|",
                time.truncatedTo(ChronoUnit.MILLIS).toString(),
                name,
                isText ? value : units(new BigDecimal(value), 6));
    }

    private static String units(BigDecimal number, int scale) {
        return number.setScale(scale, RoundingMode.HALF_EVEN).unscaledValue().toString();
    }

    private static String text(Object field, int scale) {
        return field instanceof BigDecimal number ? units(number, scale) : Objects.toString(field, NULL);
    }
}
