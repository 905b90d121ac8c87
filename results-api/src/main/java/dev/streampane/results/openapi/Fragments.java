// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.smallrye.openapi.api.SmallRyeOpenAPI;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.models.Components;

/** Converts trees into parts of an OpenAPI model. */
final class Fragments {

    /** Orders map entries, so that trees made from maps are the same in each build. */
    static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Fragments() {}

    static ObjectNode tree(String yaml) {
        try {
            return (ObjectNode) YAML.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A contract's schema. */
    static ObjectNode contract(String name) {
        try (InputStream file =
                Fragments.class.getClassLoader().getResourceAsStream("schemas/" + name + "/v1/schema.json")) {
            return (ObjectNode) YAML.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Components that have only {@code named}, as entries of {@code kind}. */
    static Components components(String kind, JsonNode named) {
        ObjectNode document = YAML.createObjectNode().put("openapi", "3.1.0");
        document.putObject("components").set(kind, named);
        return SmallRyeOpenAPI.builder()
                .enableAnnotationScan(false)
                .enableModelReader(false)
                .enableStandardFilter(false)
                .enableStandardStaticFiles(false)
                .withCustomStaticFile(
                        () -> new ByteArrayInputStream(document.toString().getBytes(StandardCharsets.UTF_8)))
                .build()
                .model()
                .getComponents();
    }
}
