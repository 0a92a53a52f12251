"""A page in the archive's format, written for these tests, and the real one where it is."""

from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[4] / "shared" / "archive" / "deep-learning.txt"

SAMPLE = """\
标签归档:tensors

怎样改变张量的形状?

问题:怎样改变张量的形状?

我有一个张量,想改变它的形状。有两种办法:

  1. 使用x.view()函数
  2. 使用x.reshape()函数

x = torch.arange(6)
x.view(2, 3)

哪一种更好?

I have a tensor and want another shape. There are two ways:

  1. the function x.view()
  2. the function x.reshape()

x = torch.arange(6)
x.view(2, 3)

Which one is better?


回答 0

两者的区别在内存。第一种要求连续:

import torch

x = torch.zeros(2, 3)

for row in x:
    print(row.sum())

此代码将输出以下内容:

tensor(0.)
tensor(0.)

The difference is the memory. The first wants it contiguous:

import torch

x = torch.zeros(2, 3)

for row in x:
    print(row.sum())

This code will output the following:

tensor(0.)
tensor(0.)


回答 1

形状是这样排列的:

  • 行在前

       row 0   |  1   2   3  |
       row 1   |  4   5   6  |
  • 列在后

最后:

y = x.t().contiguous()

The shape is laid out like this:

  • rows first

       row 0   |  1   2   3  |
       row 1   |  4   5   6  |
  • columns second

At last:

y = x.t().contiguous()

Gridkit-把网格画成图片的命令行工具

logo

Gridkit是一个小工具。

安装

请运行:

pip install gridkit

  1. 找到程序
    • 在Linux上:

      $ which gridkit
      /usr/local/bin/gridkit
  2. 打开它

版本 状态
1.0 稳定

Shape-lint 检查张量形状的静态分析器

用法

shape_lint.check("model.py", strict=True)

引用

@misc{shapelint,
  title = {Shape-lint}
}
"""


@pytest.fixture
def sample() -> str:
    return SAMPLE


@pytest.fixture(scope="session")
def archive() -> bytes:
    if not REAL.is_file():
        pytest.skip(f"the real archive page is not at {REAL}")
    return REAL.read_bytes()
