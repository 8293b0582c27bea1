/* SPDX-License-Identifier: BSD-2-Clause */
/* COMMAND of `run`, and the list of processes that a run waits for. */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

/* In the child: waits for the word, then becomes COMMAND. 126 and 127 as
 * env(1). */
static void become(const struct child *c, int go_fd, char **argv)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(go_fd, &byte, 1) != 1)
		_exit(125);
	prctl(PR_SET_PDEATHSIG, 0);
	sigprocmask(SIG_SETMASK, &c->mask, NULL);
	if (!c->ignores_pipe)
		signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	log_error("%s: %s", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

int child__fork(struct child *c, char **argv)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0) {
		int err = -errno;

		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (!pid) {
		close(fds[1]);
		become(c, fds[0], argv);
	}
	close(fds[0]);
	c->pid = pid;
	c->go_fd = fds[1];
	return 0;
}

void child__go(struct child *c)
{
	if (!c->pid || c->go_fd < 0)
		return;
	if (write(c->go_fd, "g", 1) != 1)
		log_warn("run: %s", strerror(errno));
	close(c->go_fd);
	c->go_fd = -1;
}

void child__cancel(struct child *c)
{
	if (!c->pid || c->ended)
		return;
	if (c->go_fd >= 0)
		close(c->go_fd);
	c->go_fd = -1;
	waitpid(c->pid, &c->status, 0);
	c->ended = true;
}

void child__reap(struct child *c)
{
	if (c->pid && !c->ended &&
	    waitpid(c->pid, &c->status, WNOHANG) == c->pid)
		c->ended = true;
}

int child__exit_status(const struct child *c)
{
	if (WIFSIGNALED(c->status))
		return 128 + WTERMSIG(c->status);
	return WEXITSTATUS(c->status);
}

bool living__has(const struct living *l, uint32_t pid)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->pids[i] == pid)
			return true;
	return false;
}

int living__add(struct living *l, uint32_t pid)
{
	uint32_t *pids;

	if (living__has(l, pid))
		return 0;
	if (l->count == l->size) {
		size_t size = l->size ? 2 * l->size : 64;

		pids = realloc(l->pids, size * sizeof(*pids));
		if (!pids)
			return -ENOMEM;
		l->pids = pids;
		l->size = size;
	}
	l->pids[l->count++] = pid;
	return 0;
}

void living__del(struct living *l, uint32_t pid)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->pids[i] == pid)
			l->pids[i--] = l->pids[--l->count];
}
