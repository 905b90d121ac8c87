// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of one contract in deploy/schemas. */
public final class ContractFiles {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path folder;
    private Schema schema;

    private ContractFiles(Path folder) {
        this.folder = folder;
    }

    /** The files of {@code contract}, version 1. */
    public static ContractFiles of(String contract) {
        return new ContractFiles(Checkout.root().resolve("deploy/schemas/" + contract + "/v1"));
    }

    /** Names like {@code rejected/type--ts-zero.json} of all files in {@code subfolder}. */
    public Stream<String> names(String subfolder) {
        try (Stream<Path> files = Files.list(folder.resolve(subfolder))) {
            return files.map(file -> subfolder + '/' + file.getFileName()).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of a file. */
    public byte[] bytes(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What each valid file decodes to, by its name. */
    public JsonNode decoded() {
        try {
            return MAPPER.readTree(bytes("decoded.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong with {@code json} by the contract's schema; empty when nothing. */
    public List<String> violations(byte[] json) {
        if (schema == null) {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(bytes("schema.json"), UTF_8), InputFormat.JSON);
        }
        return schema
                .validate(
                        new String(json, UTF_8),
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Object::toString)
                .toList();
    }
}
