// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Checkout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The objects of an overlay, as they would be applied. */
record Manifests(List<ObjectNode> objects) {

    /** The folder of manifests. */
    static final Path FOLDER = Checkout.root().resolve("deploy/kubernetes");

    /** The overlays, each a whole installation. */
    static final List<String> OVERLAYS = List.of("small", "dev", "production");

    private static final Map<String, List<ObjectNode>> RENDERED = new ConcurrentHashMap<>();

    /** An overlay, rendered; a copy, which may be changed. */
    static Manifests of(String overlay) {
        return new Manifests(
                RENDERED
                        .computeIfAbsent(overlay, name -> Kustomization.of(FOLDER.resolve("overlays/" + name))
                                .objects())
                        .stream()
                        .map(ObjectNode::deepCopy)
                        .toList());
    }

    /** The objects of a kind. */
    List<ObjectNode> all(String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
    }

    /** An object of a kind by its name. */
    Optional<ObjectNode> find(String kind, String name) {
        return all(kind).stream()
                .filter(object -> object.at("/metadata/name").asText().equals(name))
                .findFirst();
    }

    /** An object that must be there. */
    ObjectNode get(String kind, String name) {
        return find(kind, name).orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    /** What runs pods: its object, the pods' template, and what labels the pods have. */
    List<Pods> pods() {
        return objects.stream().flatMap(Pods::of).toList();
    }

    /** Pods of what we run ourselves: services and jobs. */
    Stream<Pods> ours() {
        return pods().stream().filter(pods -> pods.images().stream().anyMatch(Manifests::isOurs));
    }

    /** Whether the image is one of this project, whatever registry it is in. */
    static boolean isOurs(String image) {
        return image.matches("(.*/)?streampane/[^/]+");
    }

    /** Kind and name, for messages. */
    static String nameOf(JsonNode object) {
        return object.path("kind").asText() + " " + object.at("/metadata/name").asText();
    }
}
