// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/**
 * What a file in a data folder says of the processes that run on the folder. It names the folder as the file system knows it: a folder that is
 * renamed stays the same one, and a copy, on which those processes do not run, is another.
 */
public final class FolderFile {

    private static final String FOLDER = "folder";

    private FolderFile() {}

    /** What is to be written to a file of the folder. */
    public static ObjectNode content(Path data, Object says) throws IOException {
        return Http.JSON.<ObjectNode>valueToTree(says).put(FOLDER, identity(data));
    }

    /** What a file of the folder says; empty when it was copied from another folder. */
    public static <T> Optional<T> read(Path data, String file, Class<T> type) throws IOException {
        ObjectNode content = Http.JSON.readValue(data.resolve(file).toFile(), ObjectNode.class);
        String here = identity(data);
        // earlier versions name no folder
        String written = content.path(FOLDER).asText(here);
        content.remove(FOLDER);
        return here == null || here.equals(written)
                ? Optional.of(Http.JSON.treeToValue(content, type))
                : Optional.empty();
    }

    /** Null where the file system does not say, as on Windows. */
    private static String identity(Path data) throws IOException {
        return Objects.toString(
                Files.readAttributes(data, BasicFileAttributes.class).fileKey(), null);
    }
}
