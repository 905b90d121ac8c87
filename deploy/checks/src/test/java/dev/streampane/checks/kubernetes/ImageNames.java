// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The images that objects name: in containers, and {@code spec.image} of custom objects. */
final class ImageNames {

    private ImageNames() {}

    /** Every image of an object. */
    static List<String> of(JsonNode object) {
        List<String> images = new ArrayList<>();
        holders(object).forEach(holder -> images.add(holder.get("image").asText()));
        return images;
    }

    /** Gives containers another name or tag of an image, as kustomize's {@code images}; custom objects' own fields it does not know. */
    static void replace(List<ObjectNode> objects, JsonNode change, Path file) {
        String name = change.path("name").asText();
        boolean hit = false;
        for (ObjectNode object : objects) {
            for (JsonNode list : lists(object)) {
                for (JsonNode container : list) {
                    String image = container.path("image").asText();
                    if (image.startsWith(name + ":")) {
                        String tag = image.substring(name.length() + 1);
                        ((ObjectNode) container)
                                .put(
                                        "image",
                                        change.path("newName").asText(name)
                                                + ":"
                                                + change.path("newTag").asText(tag));
                        hit = true;
                    }
                }
            }
        }
        if (!hit) {
            throw new IllegalArgumentException(file + ": no container has the image " + name);
        }
    }

    private static List<ObjectNode> holders(JsonNode object) {
        List<ObjectNode> holders = new ArrayList<>();
        if (object.path("spec").path("image").isTextual()) {
            holders.add((ObjectNode) object.get("spec"));
        }
        for (JsonNode list : lists(object)) {
            list.forEach(container -> {
                if (container.has("image")) {
                    holders.add((ObjectNode) container);
                }
            });
        }
        return holders;
    }

    private static List<JsonNode> lists(JsonNode object) {
        List<JsonNode> lists = new ArrayList<>(object.findValues("containers"));
        lists.addAll(object.findValues("initContainers"));
        return lists;
    }
}
