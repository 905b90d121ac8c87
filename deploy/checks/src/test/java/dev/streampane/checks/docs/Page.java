// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.docs;

import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Markdown file.
 *
 * @param path relative to the checkout
 */
record Page(Path path, String text) {

    private static final Pattern SPAN = Pattern.compile("(?<!`)`([^`\\n]+)`(?!`)");
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^]]*]\\(([^)\\s]+)\\)");
    private static final Pattern FENCE = Pattern.compile("^\\s*(?:`{3,4})(\\w*)\\s*$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?)\\s*$");
    private static final Set<String> SHELL = Set.of("sh", "bash", "console", "shell");
    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", ".streampane");

    /** Something in code style, or the target of a link, by its line. */
    record Code(int line, String text) {}

    /** Every page of the checkout. */
    static List<Page> all() {
        return files().stream()
                .filter(file -> file.toString().endsWith(".md"))
                .map(file -> new Page(Checkout.root().relativize(file), Sources.text(file)))
                .toList();
    }

    /** Every file of the checkout that is nobody's output. */
    static List<Path> files() {
        List<Path> all = new ArrayList<>();
        try {
            Files.walkFileTree(Checkout.root(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return NOT_OURS.contains(folder.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    all.add(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** What is in code style: spans, and the lines of shells. What a program prints is not looked at. */
    List<Code> code() {
        List<Code> code = new ArrayList<>();
        read(code, new ArrayList<>());
        return code;
    }

    /** Targets of links, in the text outside of code. */
    List<Code> links() {
        List<Code> links = new ArrayList<>();
        read(new ArrayList<>(), links);
        return links;
    }

    private void read(List<Code> code, List<Code> links) {
        String language = null;
        String command = "";
        List<String> lines = text.lines().toList();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            var fence = FENCE.matcher(line);
            if (fence.matches()) {
                language = language == null ? fence.group(1) : null;
            } else if (language == null) {
                int at = number;
                SPAN.matcher(line)
                        .results()
                        .forEach(it -> code.add(new Code(at, it.group(1).replace("\\|", "|"))));
                LINK.matcher(SPAN.matcher(line).replaceAll("_"))
                        .results()
                        .forEach(it -> links.add(new Code(at, it.group(1))));
            } else if (SHELL.contains(language)
                    && (!language.equals("console") || line.startsWith("$ ") || !command.isEmpty())) {
                command += line.replaceFirst("^\\$ ", "").replaceFirst("\\\\$", "");
                if (!line.endsWith("\\")) {
                    code.add(new Code(number, command));
                    command = "";
                }
            }
        }
    }

    /** The names under which its headings can be linked, by GitHub's rule. */
    Set<String> anchors() {
        return HEADING.matcher(text.replaceAll("(?s)(?m)^```.*?^```$", ""))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}\\s_-]", "").replaceAll("\\s", "-"))
                .collect(Collectors.toSet());
    }
}
