// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;

/** Class files, read and not loaded: what they refer to need not be there. */
public final class CompiledClasses {

    private CompiledClasses() {}

    /** Every class below a folder. */
    public static List<ClassNode> below(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .sorted()
                    .map(CompiledClasses::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassNode read(Path file) {
        try {
            return read(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ClassNode read(byte[] bytes) {
        ClassNode node = new ClassNode();
        new ClassReader(bytes).accept(node, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return node;
    }

    /** The text {@code value} of an annotation, {@code null} when there is none of that type. */
    static String value(List<AnnotationNode> annotations, String type, String name) {
        if (annotations == null) {
            return null;
        }
        for (AnnotationNode annotation : annotations) {
            if (annotation.desc.equals("L" + type.replace('.', '/') + ";")) {
                int at = annotation.values.indexOf(name);
                return annotation.values.get(at + 1).toString();
            }
        }
        return null;
    }
}
