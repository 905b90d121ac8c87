// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** Class files, read and not loaded: what they refer to need not be there. */
public final class CompiledClasses {

    private CompiledClasses() {}

    /** Every class below a folder. */
    public static List<ClassNode> below(Path folder) {
        try (var files = Files.walk(folder)) {
            List<ClassNode> nodes = new ArrayList<>();
            for (Path file : files.filter(it -> it.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                nodes.add(read(Files.readAllBytes(file)));
            }
            return nodes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A class by its bytes. */
    public static ClassNode read(byte[] bytes) {
        ClassNode node = new ClassNode();
        new ClassReader(bytes).accept(node, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return node;
    }

    /** Every text in the code of a class, those that are joined with others among them. */
    public static Set<String> texts(ClassNode node) {
        Set<String> texts = new TreeSet<>();
        for (MethodNode method : node.methods) {
            for (AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof LdcInsnNode constant && constant.cst instanceof String text) {
                    texts.add(text);
                }
                if (instruction instanceof InvokeDynamicInsnNode joined) {
                    Stream.of(joined.bsmArgs)
                            .filter(String.class::isInstance)
                            .forEach(text -> texts.add((String) text));
                }
            }
        }
        return texts;
    }

    /** The text {@code value} of an annotation, {@code null} when there is none of that type. */
    static String value(List<AnnotationNode> annotations, String type, String name) {
        return Stream.ofNullable(annotations)
                .flatMap(List::stream)
                .filter(it -> it.desc.equals("L" + type.replace('.', '/') + ";"))
                .map(it -> it.values.get(it.values.indexOf(name) + 1).toString())
                .findFirst()
                .orElse(null);
    }
}
