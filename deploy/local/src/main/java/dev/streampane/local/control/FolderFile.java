// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Reads and writes files in a data folder that describe the processes which run on the folder. Such a file contains the file
 * system's key of the folder: a renamed folder keeps its key, and a copy, on which those processes do not run, has another.
 */
public final class FolderFile {

    private static final String FOLDER = "folder";

    private FolderFile() {}

    /** The content to write to a file of the folder: {@code says} and the folder's key. */
    public static ObjectNode content(Path data, Object says) throws IOException {
        return Http.JSON.<ObjectNode>valueToTree(says).put(FOLDER, identity(data));
    }

    /** Reads a file of the folder; empty when the file was copied from another folder. */
    public static <T> Optional<T> read(Path data, String file, Class<T> type) throws IOException {
        ObjectNode content = Http.JSON.readValue(data.resolve(file).toFile(), ObjectNode.class);
        String here = identity(data);
        // earlier versions name no folder
        String written = content.path(FOLDER).asText(here);
        content.remove(FOLDER);
        return here.equals(written) ? Optional.of(Http.JSON.treeToValue(content, type)) : Optional.empty();
    }

    /** The folder's key, which every file system of Unix has. */
    private static String identity(Path data) throws IOException {
        return Files.readAttributes(data, BasicFileAttributes.class).fileKey().toString();
    }
}
