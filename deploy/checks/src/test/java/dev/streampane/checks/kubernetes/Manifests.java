// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Checkout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The objects of an overlay, as they would be applied. */
record Manifests(List<ObjectNode> objects) {

    static final Path FOLDER = Checkout.root().resolve("deploy/kubernetes");

    /** The overlays, each a whole installation. */
    static final List<String> OVERLAYS = List.of("small", "dev", "production");

    private static final Map<String, List<ObjectNode>> RENDERED = new ConcurrentHashMap<>();

    /** An overlay, rendered; a copy, which may be changed. */
    static Manifests of(String overlay) {
        List<ObjectNode> rendered =
                RENDERED.computeIfAbsent(overlay, name -> Kustomization.of(FOLDER.resolve("overlays/" + name))
                        .objects());
        return new Manifests(rendered.stream().map(ObjectNode::deepCopy).toList());
    }

    /** The objects of a kind. */
    List<ObjectNode> all(String kind) {
        return objects.stream().filter(it -> text(it, "/kind").equals(kind)).toList();
    }

    /** An object of a kind by its name. */
    Optional<ObjectNode> find(String kind, String name) {
        return all(kind).stream().filter(it -> plain(it).equals(name)).findFirst();
    }

    /** An object that must be there. */
    ObjectNode get(String kind, String name) {
        return find(kind, name).orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    /** What runs pods. */
    List<Pods> pods() {
        return objects.stream().flatMap(Pods::of).toList();
    }

    /** The pods of jobs. */
    List<Pods> jobs() {
        return pods().stream().filter(Pods::isFlink).toList();
    }

    static String plain(JsonNode object) {
        return text(object, "/metadata/name");
    }

    /** Kind and name, for messages. */
    static String nameOf(JsonNode object) {
        return text(object, "/kind") + " " + plain(object);
    }
}
